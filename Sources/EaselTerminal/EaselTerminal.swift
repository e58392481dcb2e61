// Terminal: curses in and out, pictures placed.
