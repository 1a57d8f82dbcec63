{ Classes, generics, operators, exceptions, dynamic arrays and string lists. }
program Larger;
{$mode objfpc}{$H+}
uses
  SysUtils, Classes, fgl;

type
  TMatrix = array[0..1, 0..1] of QWord;
  TCounts = specialize TFPGMap<string, LongInt>;

  ENegative = class(Exception);

  TWords = class
  private
    FCounts: TCounts;
    FTotal: LongInt;
  public
    constructor Create;
    destructor Destroy; override;
    procedure AddLine(const Line: string);
    procedure Show;
    property Total: LongInt read FTotal;
  end;

operator * (const Left, Right: TMatrix) Product: TMatrix;
var
  I, J: LongInt;
begin
  for I := 0 to 1 do
    for J := 0 to 1 do
      Product[I, J] := Left[I, 0] * Right[0, J] + Left[I, 1] * Right[1, J];
end;

function Fibonacci(N: LongInt): QWord;
const
  One: TMatrix = ((1, 0), (0, 1));
  Step: TMatrix = ((1, 1), (1, 0));
var
  Power, Base: TMatrix;
begin
  Power := One;
  Base := Step;
  while N > 0 do
  begin
    if Odd(N) then Power := Power * Base;
    N := N shr 1;
    if N > 0 then Base := Base * Base;
  end;
  Result := Power[0, 1];
end;

function Queens(Size, Row: LongInt; Columns, Left, Right: LongWord): LongInt;
var
  Free, Bit: LongWord;
begin
  if Row = Size then Exit(1);
  Result := 0;
  Free := not (Columns or Left or Right) and ((1 shl Size) - 1);
  while Free <> 0 do
  begin
    Bit := Free and (not Free + 1);
    Inc(Result, Queens(Size, Row + 1, Columns or Bit, (Left or Bit) shl 1, (Right or Bit) shr 1));
    Free := Free and (Free - 1);
  end;
end;

function Root(X: Double): Double;
begin
  if X < 0 then raise ENegative.Create('negative');
  Result := Sqrt(X);
end;

constructor TWords.Create;
begin
  FCounts := TCounts.Create;
end;

destructor TWords.Destroy;
begin
  FCounts.Free;
  inherited;
end;

procedure TWords.AddLine(const Line: string);
var
  Parts: TStringList;
  Index: LongInt;
  Word: string;
begin
  Parts := TStringList.Create;
  try
    Parts.Delimiter := ' ';
    Parts.DelimitedText := Line;
    for Word in Parts do
    begin
      Index := FCounts.IndexOf(Word);
      if Index < 0 then FCounts.Add(Word, 1) else FCounts.Data[Index] := FCounts.Data[Index] + 1;
      Inc(FTotal);
    end;
  finally
    Parts.Free;
  end;
end;

procedure TWords.Show;
var
  I, J, Best: LongInt;
begin
  for I := 1 to FCounts.Count do
  begin
    Best := 0;
    for J := 1 to FCounts.Count - 1 do
      if (FCounts.Data[J] > FCounts.Data[Best]) or ((FCounts.Data[J] = FCounts.Data[Best]) and (FCounts.Keys[J] < FCounts.Keys[Best])) then
        Best := J;
    WriteLn(FCounts.Keys[Best], ' ', FCounts.Data[Best]);
    FCounts.Data[Best] := -1;
  end;
end;

var
  Words: TWords;
  Line: string;
begin
  Words := TWords.Create;
  while not Eof do
  begin
    ReadLn(Line);
    Words.AddLine(Line);
  end;
  Words.Show;
  try
    Root(-1);
    Halt(1);
  except
    on E: ENegative do ;
  end;
  WriteLn(Format('%d words, fibonacci %d, queens %d, root %.6f', [Words.Total, Fibonacci(90), Queens(8, 0, 0, 0, 0), Root(2)]));
  Words.Free;
end.
