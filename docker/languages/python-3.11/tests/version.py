import platform

print(platform.python_version().rsplit(".", 1)[0])
import distutils
