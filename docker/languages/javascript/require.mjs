// Joined in front of each TypeScript program: `require` and its companions for programs that are no ES modules.
const { createRequire } = process.getBuiltinModule("node:module");
globalThis.require ??= createRequire("/box/main.mjs");
globalThis.__filename ??= "/box/main.mjs";
globalThis.__dirname ??= "/box";
