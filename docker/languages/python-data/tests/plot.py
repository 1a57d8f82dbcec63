import matplotlib.pyplot as plt
import numpy

x = numpy.linspace(0, 2 * numpy.pi, 200)
plt.plot(x, numpy.sin(x), label="sin")
plt.title("A curve")
plt.legend()
plt.savefig("plot.png")
with open("plot.png", "rb") as file:
    print(file.read(8))
