// Opens the reference: groups closed, a search over all operations, Chinese words. No other host is asked.
(() => {
  "use strict";
  const MOST_OPENED = 40;

  /** The operations of each group in which every word of the phrase occurs. */
  const found = (groups, phrase) => {
    const words = phrase.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return groups;
    const text = (group, name, entry) =>
      [name, group.getIn(["tagDetails", "x-displayName"]) || "", entry.get("method"), entry.get("path")]
        .concat(["operationId", "summary", "description"].map((field) => entry.getIn(["operation", field]) || ""))
        .join("\n")
        .toLowerCase();
    return groups
      .map((group, name) =>
        group.update("operations", (all) => all.filter((entry) => words.every((word) => text(group, name, entry).includes(word)))),
      )
      .filter((group) => group.get("operations").size > 0);
  };

  /** Searches operations instead of group names, and opens the groups when few remain. */
  const search = () => ({
    fn: { opsFilter: found },
    statePlugins: {
      layout: {
        wrapActions: {
          updateFilter: (original, system) => (phrase) => {
            const done = original(phrase);
            const groups = system.specSelectors.taggedOperations();
            const hits = phrase ? found(groups, phrase) : groups.clear();
            const few = hits.reduce((sum, group) => sum + group.get("operations").size, 0) <= MOST_OPENED;
            groups.forEach((_, name) => system.layoutActions.show(["operations-tag", name], few && hits.has(name)));
            return done;
          },
        },
      },
    },
  });

  /** Shows a group's Chinese name; its own name stays the address. */
  const named = () => ({
    wrapComponents: {
      DeepLink: (Original, { React, specSelectors }) => (props) => {
        const group = specSelectors.tagDetails(props.text);
        return React.createElement(Original, { ...props, text: (group && group.get("x-displayName")) || props.text });
      },
    },
  });

  /** The part of the document that a place in it needs: its own value, and what that refers to. */
  const part = (whole, [section, name]) => {
    const small = { ...whole, paths: {}, components: {} };
    const take = (group, key) => {
      const kept = (small.components[group] ||= {});
      if (key in kept || !whole.components?.[group]?.[key]) return;
      follow((kept[key] = whole.components[group][key]));
    };
    const follow = (value) => {
      if (value === null || typeof value !== "object") return;
      const [, group, key] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(value.$ref) || [];
      if (group) take(group, key);
      Object.values(value).forEach(follow);
    };
    if (section === "paths") follow((small.paths[name] = whole.paths[name]));
    else Object.keys(whole.components[name] || {}).forEach((key) => take(name, key));
    return small;
  };

  /**
   * Swagger UI reads every document as YAML and resolves all of it for each operation that is opened: seconds each
   * time with some hundred operations. This one is JSON, and an operation needs little of it.
   */
  const quick = ({ fn: { resolveSubtree } }) => ({
    fn: { resolveSubtree: (whole, path, options) => resolveSubtree(part(whole, path), path, options) },
    statePlugins: {
      spec: {
        wrapActions: {
          parseToJson: (_, system) => (text) => system.specActions.updateJsonSpec(JSON.parse(text || system.specSelectors.specStr())),
        },
      },
    },
  });

  const root = document.getElementById("swagger-ui");
  translate(root);
  SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [search, named, quick],
    layout: "BaseLayout",
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
})();
