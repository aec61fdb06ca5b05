// Starts the page.
import './style/tokens.css';
import './style/base.css';
import './style/rail.css';
import './style/conversation.css';
import './style/overlays.css';
import { render } from 'preact';
import { check } from './state/auth';
import { applyTheme } from './state/theme';
import { App } from './views/app';
import { registerServiceWorker } from './service-worker';

applyTheme();
render(<App />, document.getElementById('app')!);
void check();
registerServiceWorker();
