import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import groovy.transform.Canonical

// Uses what submitted programs usually use, so that the class-data archive holds it.
interface Shape { double area() }
@Canonical class Circle implements Shape {
    double radius
    double area() { Math.PI * radius ** 2 }
}
enum Color { RED, GREEN }
class Account {
    final String name
    private int balance = 0
    Account(String name) { this.name = name }
    def leftShift(int amount) { balance += amount; this }
    String toString() { "$name: $balance" }
}

def gcd(int a, int b) { b == 0 ? a : gcd(b, a % b) }

def reader = System.in.newReader()
def numbers = (reader.readLine() ?: '3 1 2').split(' ')*.toInteger()
def words = []
reader.eachLine { line -> words.addAll(line.tokenize()) }
println words.countBy { it }.sort { a, b -> b.value <=> a.value ?: a.key <=> b.key }
println "${numbers.sort(false)} ${numbers.max()} ${numbers.sum()} ${numbers.inject(0) { a, b -> a + b }}"
def account = new Account('ann')
account << 5 << 7
println account
println new Circle(1.5d).area().round(2) + gcd(12, 18) + Color.valueOf('RED').ordinal()
println((1..5).collect { it * it }.findAll { it % 2 }.join(', '))
println([a: 1, b: [2, 3]].collectEntries { k, v -> [k.toUpperCase(), v] } + [c: null])
println String.format('%05.2f', 3.14159) + 'abc'.reverse()[0..1] + 'text'.padLeft(6) + "x".multiply(3)
for (int i = 0; i < 3; i++) print "$i "
while (words) words.remove(0)
println new JsonSlurper().parseText('{"a": [1, 2]}').a + JsonOutput.toJson([b: 1])
switch (numbers[0]) {
    case 1..3: println 'small'; break
    case Integer: println 'number'; break
    default: println 'other'
}
def memo = [:].withDefault { 0 }
memo['x'] += 1
println memo.getClass().simpleName + ('2020-10' =~ /(\d+)-(\d+)/)[0][1] + (2 ** 100) + (7 / 2) + 7.intdiv(2)
try {
    null.length()
} catch (NullPointerException | IllegalStateException error) {
    System.err.println error.message
} finally {
    print ''
}
assert numbers.size() > 100 : 'too few'
