program Busy;
var
  total: QWord;
begin
  total := 0;
  while True do total := total * 3 + 1;
end.
