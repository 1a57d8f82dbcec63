# Names of artifacts that are anything but a regular file of the job.
import os
import socket

os.symlink("/etc/passwd", "link")
os.symlink("/proc/1/environ", "link_to_agent")
os.symlink("/etc", "folder_link")
os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
with open("first_name", "w", encoding="ascii") as file:
    file.write("twice")
os.link("first_name", "second_name")
os.mkdir("folder")
with open("hidden", "w", encoding="ascii") as file:
    file.write("no permission")
os.chmod("hidden", 0)
with open("good", "w", encoding="ascii") as file:
    file.write("good")
print("made")
