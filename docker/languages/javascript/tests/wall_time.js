console.log("before");
setTimeout(() => {}, 30000);
