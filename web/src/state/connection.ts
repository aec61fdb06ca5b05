// Whether the server answers. Whoever loses it reports that here and waits here for its return.
import { getHealth } from '@client';
import { signal } from '@preact/signals';
import { client } from '../api';

const FIRST_PROBE_MS = 300;
const SLOWEST_PROBE_MS = 3000;
/** A shorter gap is not worth a word. */
const QUIET_MS = 1000;

export const connected = signal(true);
/** The loss has lasted long enough to be shown. */
export const lossShown = signal(false);
/** Counts the returns, for effects that must load again after one. */
export const returns = signal(0);

let back: Promise<void> | undefined;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function probe(): Promise<void> {
  connected.value = false;
  const shown = setTimeout(() => (lossShown.value = true), QUIET_MS);
  for (let wait = FIRST_PROBE_MS; ; wait = Math.min(wait * 1.5, SLOWEST_PROBE_MS)) {
    try {
      await getHealth({ client });
      break;
    } catch {
      await pause(wait); // not there, or draining
    }
  }
  clearTimeout(shown);
  connected.value = true;
  lossShown.value = false;
  back = undefined;
  returns.value += 1;
}

/** To be called after a failure of the network; resolves when the server answers again. */
export function untilBack(): Promise<void> {
  return (back ??= probe());
}
