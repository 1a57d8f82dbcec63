for (;;) console.log("y".repeat(100) as string);
