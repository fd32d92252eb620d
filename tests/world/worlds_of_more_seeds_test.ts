import { testWorlds } from "./live_and_judge.ts";

// A file of their own, so that they live beside those of worlds_test.ts.
testWorlds([5, 6, 7, 8]);
