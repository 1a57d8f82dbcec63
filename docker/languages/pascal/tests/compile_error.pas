program Wrong;
begin
  WriteLn(missing);
end.
