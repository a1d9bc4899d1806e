"""The live preview: what an editor saves stands in the browser within a second, and so does what is wrong with it.

    python3 tasks.py serve          (or: python -m tools.preview)

A development tool: nothing in production imports it. `__main__` starts it, `workshop` reacts to saved files, `building`
is what its child processes do, `pages` adds the panel to every page, and panel.js and panel.css are the panel itself.
"""
