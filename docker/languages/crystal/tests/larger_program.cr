# Generics, structs with operators, modules, unions, blocks, fibers, channels and exceptions.
struct Matrix
  getter a, b, c, d

  def initialize(@a : UInt64, @b : UInt64, @c : UInt64, @d : UInt64)
  end

  def self.one
    new(1u64, 0u64, 0u64, 1u64)
  end

  def *(other : Matrix)
    Matrix.new(a &* other.a &+ b &* other.c, a &* other.b &+ b &* other.d, c &* other.a &+ d &* other.c, c &* other.b &+ d &* other.d)
  end
end

def power(base : T, n : Int32) : T forall T
  result = T.one
  while n > 0
    result *= base if n.odd?
    base *= base
    n >>= 1
  end
  result
end

def queens(size, row = 0, columns = 0u32, left = 0u32, right = 0u32) : Int32
  return 1 if row == size
  (0...size).sum do |i|
    bit = 1u32 << i
    next 0 unless (columns | left | right) & bit == 0
    queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
  end
end

class Negative < Exception
end

def root(x : Float64)
  raise Negative.new("#{x} is negative") if x < 0
  Math.sqrt(x)
end

class Words
  include Enumerable({String, Int32})
  getter total = 0

  def initialize
    @counts = Hash(String, Int32).new(0)
  end

  def <<(word : String)
    @counts[word] += 1
    @total += 1
    self
  end

  def each(&)
    @counts.each { |word, count| yield({word, count}) }
  end
end

words = Words.new
channel = Channel(String?).new
spawn do
  STDIN.each_line { |line| line.split.each { |word| channel.send(word) } }
  channel.send(nil)
end
while word = channel.receive
  words << word
end
words.to_a.sort_by { |(word, count)| {-count, word} }.each { |(word, count)| puts "#{word} #{count}" }
begin
  root(-1)
  abort "no error"
rescue Negative
end
fibonacci = power(Matrix.new(1u64, 1u64, 1u64, 0u64), 90).b
printf "%d words, fibonacci %d, queens %d, root %.6f\n", words.total, fibonacci, queens(8), root(2)
