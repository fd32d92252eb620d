// Runs axe-core, which is in the page already, by these rules; a line for each element and rule.
(async (runOnly) => {
  // Of the elements that a rule likes it would write down each as well.
  const { violations } = await globalThis.axe.run({ runOnly, resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => {
      const why = any[0]?.message;
      return `${id} at ${target.join(" ")}: ${help}${why ? ` (${why})` : ""}`;
    })
  );
});
