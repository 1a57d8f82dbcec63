var blocks: seq[string]
while true:
  blocks.add(newString(4 shl 20))
  for i in countup(0, blocks[^1].high, 4096):
    blocks[^1][i] = 'x'
