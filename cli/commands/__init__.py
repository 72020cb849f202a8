"""The commands, one file each; program.py names them and loads one when it is used."""
