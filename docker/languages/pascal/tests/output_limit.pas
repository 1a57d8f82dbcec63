program Printing;
begin
  while True do WriteLn('yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy');
end.
