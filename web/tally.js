// A poll's answers as buttons with live bars, in an order that does not jump while people vote.

const answersShownMax = 40;
const answerLengthMax = 80;

class Tally {
  #list;
  #status;
  #vote;
  #suggestions = [];
  #rows = new Map();
  #stats = new Map();
  #own = null;

  // `list` takes the answers, `status` tells screen readers how it stands, `vote` is called with a
  // chosen answer.
  constructor(list, status, vote) {
    this.#list = list;
    this.#status = status;
    this.#vote = vote;
  }

  // Suggestions stand there without votes; other answers only while they have some.
  start(suggestions) {
    this.#suggestions = suggestions;
    this.#own = null;
    this.#rows.clear();
    this.#list.replaceChildren();
    this.show({});
  }

  show(stats) {
    this.#stats = new Map(Object.entries(stats));
    this.#render();
  }

  // The server does not say who voted for what, so the page has to remember it.
  markOwn(answer) {
    this.#own = answer;
    this.#render();
  }

  get total() {
    return [...this.#stats.values()].reduce((sum, count) => sum + count, 0);
  }

  #ranked() {
    return [...this.#stats].sort((left, right) => right[1] - left[1]);
  }

  #answers() {
    const voted = this.#ranked().slice(0, answersShownMax).map(([answer]) => answer);
    return new Set([...this.#suggestions, ...voted]);
  }

  #render() {
    const answers = this.#answers();
    for (const [answer, row] of this.#rows) {
      if (answers.has(answer)) continue;
      row.item.remove();
      this.#rows.delete(answer);
    }
    for (const answer of answers) this.#update(answer);
    setText(this.#status, this.#summary());
  }

  #update(answer) {
    const row = this.#rows.get(answer) ?? this.#addRow(answer);
    const count = this.#stats.get(answer) ?? 0;
    const share = count / (this.total || 1);
    row.bar.style.setProperty('--share', share);
    setText(row.count, String(count));
    setText(row.share, ` · ${Math.round(100 * share)} %`);
    setAttribute(row.button, 'aria-pressed', String(answer === this.#own && count > 0));
  }

  #addRow(answer) {
    const count = element('b');
    const share = element('span');
    const bar = element('span', {class: 'answer-bar', 'aria-hidden': 'true'});
    const text = shorten(answer, answerLengthMax) || '(empty)';
    const name = element('bdi', {class: 'answer-name'}, text);
    const figures = element('span', {class: 'answer-figures'}, count, share);
    const button = element('button', {class: 'answer', type: 'button'}, bar, name, figures);
    button.addEventListener('click', () => this.#vote(answer));
    const row = {item: element('li', {}, button), button, bar, count, share};
    this.#rows.set(answer, row);
    this.#list.append(row.item);
    return row;
  }

  #summary() {
    if (this.total === 0) return 'No votes yet.';
    const [[answer, count], second] = this.#ranked();
    const votes = plural(this.total, 'vote', 'votes');
    if (second?.[1] === count) return `${votes}, and a tie in front.`;
    return `${votes}. In front: ${shorten(answer, answerLengthMax)}, with ${count}.`;
  }
}
