// Runs axe-core, which is in the page already, by the rules of these tags; a line for each element and rule.
(async (values) => {
  const { violations } = await globalThis.axe.run({ runOnly: { type: "tag", values } });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => {
      const why = any[0]?.message;
      return `${id} at ${target.join(" ")}: ${help}${why ? ` (${why})` : ""}`;
    })
  );
});
