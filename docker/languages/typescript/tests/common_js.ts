const path = require("path");
console.log(path.basename(__filename), path.join(__dirname, "x"));
