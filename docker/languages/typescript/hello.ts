const subject: string = "World";
console.log(`Hello, ${subject}!`);
