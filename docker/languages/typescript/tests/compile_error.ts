const value: number = ;
console.log(value);
