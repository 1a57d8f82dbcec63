require "json"
require "set"

class Refused < StandardError; end

class Account
  include Comparable
  attr_reader :name, :balance

  def initialize(name)
    @name = name
    @balance = 0
  end

  def deposit(amount) = @balance += amount

  def withdraw(amount)
    raise Refused, "#{name} has only #{balance}" if amount > balance
    @balance -= amount
  end

  def <=>(other) = name <=> other.name
  def to_s = "#{name}=#{balance}"
end

class Bank
  def initialize = @accounts = Hash.new { |all, name| all[name] = Account.new(name) }

  def run(line)
    case line.split
    in ["deposit", name, amount] then @accounts[name].deposit(Integer(amount))
    in ["withdraw", name, amount] then @accounts[name].withdraw(Integer(amount))
    in ["transfer", from, to, amount]
      @accounts[from].withdraw(Integer(amount))
      @accounts[to].deposit(Integer(amount))
    end
  rescue Refused => error
    puts "refused: #{error.message}"
  end

  def to_s = @accounts.values.sort.join(" ")
end

bank = Bank.new
$stdin.each_line { |line| bank.run(line) }
puts bank

queens = (0...6).to_a.permutation.count do |columns|
  columns.each_with_index.map { |c, r| c + r }.to_set.size == 6 && columns.each_with_index.map { |c, r| c - r }.to_set.size == 6
end
puts "queens #{queens}"

fibonacci = Enumerator.produce([0, 1]) { |a, b| [b, a + b] }.lazy.map(&:first)
puts "fibonacci #{fibonacci.first(51).last}"
counts = %w[the quick the lazy the dog quick].tally.sort_by { |word, count| [-count, word] }
puts JSON.parse(JSON.generate(counts)).map { |pair| pair.join("=") }.join(" ")
