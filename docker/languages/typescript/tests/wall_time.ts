console.log("before");
await new Promise<void>((resolve) => setTimeout(resolve, 30000));
