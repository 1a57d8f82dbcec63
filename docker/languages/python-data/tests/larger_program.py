"""Each library at the task it is usually taken for."""
import io
import sys

import numpy
import pandas
import sympy
from scipy import integrate, optimize, stats

frame = pandas.read_csv(io.StringIO(sys.stdin.read()))
print(frame.groupby("city")["sold"].agg(["sum", "mean"]).to_string())
print(frame.pivot_table(index="city", columns="day", values="sold", fill_value=0).loc["Oslo", 2])

matrix = numpy.array([[4.0, 1.0], [2.0, 3.0]])
print(numpy.linalg.eigvals(matrix).round(6), numpy.linalg.solve(matrix, [1, 2]).round(3))
print(numpy.random.default_rng(1).integers(0, 10, 5).shape, numpy.fft.fft([1, 0, 0, 0]).real)

area, _ = integrate.quad(lambda x: x**2, 0, 3)
root = optimize.brentq(lambda x: x**3 - 2, 0, 2)
print(round(area, 6), round(root, 6), round(stats.norm.cdf(1.96), 4))

x = sympy.symbols("x")
print(sympy.factor(x**2 - 5 * x + 6), sympy.diff(sympy.sin(x) * x, x), sympy.integrate(1 / x, (x, 1, sympy.E)))
print(sympy.solve(x**2 - 2, x))
