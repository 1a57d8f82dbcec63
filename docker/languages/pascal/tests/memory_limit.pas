program Growing;
var
  block: Pointer;
begin
  while True do
  begin
    GetMem(block, 4 shl 20);
    FillChar(block^, 4 shl 20, 1);
  end;
end.
