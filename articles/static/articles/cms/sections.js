/* The sections of an article: an empty one takes the place of one that is emptied. */
(() => {
  const { StreamBlock, StreamBlockDefinition } = window.wagtailStreamField.blocks;

  class Sections extends StreamBlock {
    _createChild(...given) {
      const child = super._createChild(...given);
      const button = child.actionsContainerElement.querySelector("[data-streamfield-action='DELETE']");
      button.title = this.blockDef.meta.emptyLabel;
      return child;
    }

    deleteBlock(index, options) {
      const { type } = this.children[index];
      super.deleteBlock(index, options);
      this._onRequestInsert(index, { type });
    }
  }

  class SectionsDefinition extends StreamBlockDefinition {
    render(placeholder, prefix, state, error) {
      return new Sections(this, placeholder, prefix, state, error);
    }
  }

  window.telepath.register("articles.Sections", SectionsDefinition);
})();
