// Registers /sw.js, which keeps the page's files; without it everything works too.

interface ScriptPolicies {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL: (url: string) => string };
}

export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const url = '/sw.js';
  const policies = (window as { trustedTypes?: ScriptPolicies }).trustedTypes;
  // Only this one address may become a script.
  const policy = policies?.createPolicy('openfang', { createScriptURL: (wanted) => (wanted === url ? url : '') });
  navigator.serviceWorker.register(policy?.createScriptURL(url) ?? url).catch(() => undefined);
}
