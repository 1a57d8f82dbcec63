program Failing;
{$mode objfpc}
uses
  SysUtils;
begin
  WriteLn('before');
  Flush(Output);
  WriteLn(StrToInt('x'));
end.
