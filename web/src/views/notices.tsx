// Short notices at the edge of the page.
import { dismiss, notices } from '../state/notices';
import { CloseIcon } from './icons';
import { ProblemText } from './problem';

export function Notices() {
  return (
    <div class="notices">
      {notices.value.map(({ id, problem, action }) => (
        <div class="notice" key={id}>
          <ProblemText problem={problem} />
          {action && (
            <button
              type="button"
              class="small"
              onClick={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}><CloseIcon /></button>
        </div>
      ))}
    </div>
  );
}
