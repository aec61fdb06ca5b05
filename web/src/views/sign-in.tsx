// Asks for a key, or for name and password where the server takes them.
import { useRef, useState } from 'preact/hooks';
import { signInWithKey, signInWithPassword, visitor } from '../state/auth';
import { key } from '../state/key';
import { type Problem, describe } from '../state/problem';
import { Logo } from './icons';
import { ProblemText } from './problem';

export function SignIn() {
  const [withKey, setWithKey] = useState(visitor.value?.byLogin !== true);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const submit = async () => {
    const data = new FormData(form.current!);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      if (!withKey) await signInWithPassword(text('username'), String(data.get('password')));
      else if (!(await signInWithKey(text('key'), data.get('remember') !== null))) {
        setProblem({ what: 'This key is not valid', cause: 'It is unknown, revoked or expired.', next: 'Make one on the server with “openfang keys create”.' });
      }
    } catch (error) {
      setProblem(describe('Not signed in', error));
    }
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Logo />
        <h1>Sign in to openfang</h1>
        {withKey ? (
          <>
            <label>API key<input name="key" type="password" required autofocus autocomplete="current-password" spellcheck={false} /></label>
            <label class="check"><input name="remember" type="checkbox" defaultChecked={key.value !== ''} /> Keep it in this browser</label>
          </>
        ) : (
          <>
            <label>Name<input name="username" type="text" required autofocus autocomplete="username" autocapitalize="none" spellcheck={false} /></label>
            <label>Password<input name="password" type="password" required autocomplete="current-password" /></label>
          </>
        )}
        {problem && <ProblemText problem={problem} />}
        <button type="submit" class="primary" disabled={busy}>Sign in</button>
        {visitor.value?.byLogin && (
          <button type="button" class="link" onClick={() => setWithKey(!withKey)}>
            {withKey ? 'Use name and password' : 'Use an API key'}
          </button>
        )}
      </form>
    </main>
  );
}
