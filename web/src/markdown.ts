// Markdown to safe HTML, block by block, so that a growing answer never lays out again what is already there.
import DOMPurify from 'dompurify';
import { Marked, type Token } from 'marked';

/** HTML inside an answer is shown as text; these few marks without attributes are what models write in tables. */
const PLAIN_TAG = /^<\/?(?:br|sub|sup|kbd)\s*\/?>$/i;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => (PLAIN_TAG.test(text.trim()) ? text : escape(text)),
    // Loading a picture would tell its server that, and when, the answer is read.
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    code: ({ text, lang }) =>
      `<div class="code"><div class="code-head"><span>${escape(lang ?? '')}</span>` +
      `<button type="button" class="copy">Copy</button></div><pre tabindex="0"><code>${escape(text)}\n</code></pre></div>`,
  },
});

const ALLOWED = {
  ALLOWED_TAGS: (
    'p br hr strong em del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td a sub sup kbd ' +
    'div span button'
  ).split(' '),
  ALLOWED_ATTR: ['href', 'title', 'class', 'start', 'align', 'type', 'tabindex', 'target', 'rel'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  // All other attributes are held against that expression.
  ADD_URI_SAFE_ATTR: ['start', 'align', 'type', 'tabindex'],
  RETURN_TRUSTED_TYPE: 'trustedTypes' in window,
};

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A' || !node.hasAttribute('href')) return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
});

/** HTML that may be given to `innerHTML`; a TrustedHTML where the browser knows that. */
function toHtml(tokens: Token[]): string {
  return DOMPurify.sanitize(marked.parser(tokens), ALLOWED) as unknown as string;
}

/** The blocks of a text that grows at its end. All but the last one or two never change again. */
export class Blocks {
  readonly finished: string[] = [];
  open = '';
  private done = 0;
  private seen = '';

  /** Takes the whole text so far; starts over when it is not a continuation. */
  update(text: string): this {
    if (!text.startsWith(this.seen)) {
      this.finished.length = 0;
      this.done = 0;
    }
    if (text === this.seen) return this;
    this.seen = text;
    const tokens = marked.lexer(text.slice(this.done));
    const lastBlock = tokens.findLastIndex((token) => token.type !== 'space');
    for (const token of tokens.slice(0, Math.max(0, lastBlock))) {
      this.done += token.raw.length;
      if (token.type !== 'space') this.finished.push(toHtml([token]));
    }
    this.open = lastBlock < 0 ? '' : toHtml([tokens[lastBlock]!]);
    return this;
  }
}
