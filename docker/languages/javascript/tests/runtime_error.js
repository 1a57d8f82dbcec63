console.log("before");
const nothing = undefined;
nothing.length;
