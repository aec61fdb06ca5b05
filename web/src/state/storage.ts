// What the browser keeps for the visitor: drafts, unsent messages, choices. Works without storage too.

function of(kind: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return window[kind];
  } catch {
    return undefined; // blocked by the visitor's settings
  }
}

function write(store: Storage | undefined, name: string, value: string | undefined): void {
  try {
    if (value === undefined || value === '') store?.removeItem(name);
    else store?.setItem(name, value);
  } catch {
    // full: what is not kept is only lost at a reload
  }
}

export const kept = {
  read: (name: string): string => of('localStorage')?.getItem(`openfang_${name}`) ?? '',
  write: (name: string, value?: string): void => write(of('localStorage'), `openfang_${name}`, value),
};

/** Until the tab is closed. The key has the same name on the page of the API documentation. */
export const forThisTab = {
  read: (name: string): string => of('sessionStorage')?.getItem(`openfang_${name}`) ?? '',
  write: (name: string, value?: string): void => write(of('sessionStorage'), `openfang_${name}`, value),
};
