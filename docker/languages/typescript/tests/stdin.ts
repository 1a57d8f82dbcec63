import * as fs from "fs";

const lines: string[] = fs.readFileSync(0, "utf8").split("\n");
const numbers: number[] = lines[1]!.split(" ").map(Number);
console.log("sum", numbers.reduce((a, b) => a + b, 0));
console.log("last", lines[2]);
