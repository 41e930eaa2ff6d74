"""Writing so that what is there is whole, whatever stops the process or the disk."""
