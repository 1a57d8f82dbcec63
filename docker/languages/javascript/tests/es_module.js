import { basename } from "node:path";
const value = await Promise.resolve(basename("/a/b.txt"));
console.log(value);
