// Protocols, generics, enums, closures, errors, Foundation and dispatch queues.
import Dispatch
import Foundation

protocol Monoid {
    static var one: Self { get }
    static func * (left: Self, right: Self) -> Self
}

struct Matrix: Monoid {
    var a, b, c, d: UInt64
    static let one = Matrix(a: 1, b: 0, c: 0, d: 1)
    static func * (l: Matrix, r: Matrix) -> Matrix {
        Matrix(a: l.a &* r.a &+ l.b &* r.c, b: l.a &* r.b &+ l.b &* r.d, c: l.c &* r.a &+ l.d &* r.c, d: l.c &* r.b &+ l.d &* r.d)
    }
}

func power<T: Monoid>(_ base: T, _ exponent: Int) -> T {
    var (result, base, n) = (T.one, base, exponent)
    while n > 0 {
        if n & 1 == 1 { result = result * base }
        base = base * base
        n >>= 1
    }
    return result
}

func queens(_ size: Int, _ row: Int = 0, _ columns: UInt = 0, _ left: UInt = 0, _ right: UInt = 0) -> Int {
    if row == size { return 1 }
    var free = ~(columns | left | right) & ((1 << UInt(size)) - 1)
    var found = 0
    while free != 0 {
        let bit = free & (~free &+ 1)
        found += queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
        free &= free - 1
    }
    return found
}

enum Trouble: Error, Equatable {
    case negative(Double)
}

func root(_ x: Double) throws -> Double {
    guard x >= 0 else { throw Trouble.negative(x) }
    return x.squareRoot()
}

final class Words {
    private(set) var counts: [String: Int] = [:]
    private(set) var total = 0
    func add(_ line: String) {
        for word in line.split(separator: " ") {
            counts[String(word), default: 0] += 1
            total += 1
        }
    }
}

let words = Words()
while let line = readLine() { words.add(line) }
for (word, count) in words.counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
    print(word, count)
}
do {
    _ = try root(-1)
    fatalError("no error")
} catch let trouble as Trouble {
    precondition(trouble == .negative(-1))
}
let queue = DispatchQueue(label: "queens", attributes: .concurrent)
let found = queue.sync { queens(8) }
print(String(format: "%d words, fibonacci %llu, queens %d, root %.6f", words.total, power(Matrix(a: 1, b: 1, c: 1, d: 0), 90).b, found, try root(2)))
