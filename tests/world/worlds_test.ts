import { testWorld, testWorlds } from "./live_and_judge.ts";

// Chosen so that each has something of its own: merges, outages, late rows, missing events, pages of 16 leads.
testWorld(1, "embedded");
testWorlds([2, 3, 4]);
