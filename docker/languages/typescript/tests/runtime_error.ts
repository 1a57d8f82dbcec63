interface Box { size: number }

function open(box: Box | undefined): number {
  return box!.size;
}

console.log("before");
open(undefined);
