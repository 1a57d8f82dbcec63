program Sleeping;
uses
  SysUtils;
begin
  WriteLn('before');
  Flush(Output);
  Sleep(30000);
end.
