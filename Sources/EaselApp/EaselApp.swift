// State, actions, update, render, commands.
