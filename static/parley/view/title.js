// The number of unread messages in the title of the page, put in front of whatever stands there.

export class TitleView {
  #shown = '';

  show(unread) {
    const bare = document.title.startsWith(this.#shown) ? document.title.slice(this.#shown.length) : document.title;
    this.#shown = unread ? `(${unread > 99 ? '99+' : unread}) ` : '';
    document.title = this.#shown + bare;
  }

  stop() {
    this.show(0);
  }
}
