// Keeps the children of a node in step with a list of rows, touching only what changed.

export class KeyedChildren {
  #parts = new Map();

  /** `build(row)` gives {node, update(row)?}; `signature(row)` says when an update is due. */
  constructor(parent, { key, signature, build }) {
    Object.assign(this, { parent, key, signature, build });
  }

  show(rows) {
    const next = new Map(rows.map((row) => [this.key(row), this.#part(row)]));
    for (const [key, part] of this.#parts) if (next.get(key) !== part) part.node.remove();
    this.#parts = next;
    this.#place([...next.values()].map((part) => part.node));
  }

  node(key) {
    return this.#parts.get(key)?.node ?? null;
  }

  clear() {
    this.show([]);
  }

  #part(row) {
    const held = this.#parts.get(this.key(row));
    const signature = this.signature(row);
    if (!held) return { ...this.build(row), signature };
    if (held.signature !== signature) {
      held.signature = signature;
      held.update?.(row);
    }
    return held;
  }

  #place(nodes) {
    let here = this.parent.firstChild;
    for (const node of nodes) {
      if (node === here) here = here.nextSibling;
      else this.parent.insertBefore(node, here);
    }
  }
}
