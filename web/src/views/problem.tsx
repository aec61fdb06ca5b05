// A failure as people read it: sentence, cause, next step; what only support needs is behind Details.
import type { ComponentChildren } from 'preact';
import type { Problem } from '../state/problem';

export function ProblemText({ problem, children }: { problem: Problem; children?: ComponentChildren }) {
  const { what, cause, next, code, requestId } = problem;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{what}.</strong> {cause} {next}
      </p>
      {(children || code || requestId) && (
        <div class="problem-foot">
          {children}
          {(code || requestId) && (
            <details>
              <summary>Details</summary>
              <dl>
                {code && <div><dt>Code</dt><dd>{code}</dd></div>}
                {requestId && <div><dt>Request</dt><dd>{requestId}</dd></div>}
              </dl>
            </details>
          )}
        </div>
      )}
    </div>
  );
}
