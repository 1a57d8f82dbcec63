// Buffers lie outside the heap that V8 limits: the sandbox's own limit ends this.
const blocks = [];
for (;;) blocks.push(Buffer.alloc(8 * 1024 * 1024, 1));
