// What the keyboard does.
import { KEYS } from '../state/shortcuts';
import { closeOverlay } from '../state/view';
import { Dialog } from './dialog';
import { CloseIcon } from './icons';

export function Keys() {
  return (
    <Dialog label="Keyboard" kind="keys" onClose={closeOverlay}>
      <header>
        <h2>Keyboard</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={closeOverlay}><CloseIcon /></button>
      </header>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt><kbd>{keys}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
