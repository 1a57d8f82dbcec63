const blocks: object[][] = [];
for (;;) blocks.push(new Array<object>(100000).fill({}));
