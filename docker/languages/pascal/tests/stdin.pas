program Reading;
var
  count, number, sum: LongInt;
  line: string;
begin
  ReadLn(count);
  sum := 0;
  while count > 0 do
  begin
    Read(number);
    sum := sum + number;
    Dec(count);
  end;
  ReadLn;
  ReadLn(line);
  WriteLn('sum ', sum);
  WriteLn('last ', line);
end.
