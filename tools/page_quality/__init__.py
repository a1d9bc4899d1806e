"""`python3 tasks.py quality`: measures every page as a phone would meet it, and says so in one table.

    run.py         the order of things, the limits and the table
    service.py     the real service on a port and a data folder of its own, with a site built for it
    lighthouse.py  scores, weight on the wire and hosts that were asked, page by page
    markup.py      html-validate (html_rules.mjs) and the Nu checker over the saved pages
    webkit_conversation.py  a conversation in WebKit (webkit.py), which the test command does not start

What can be quick is also in the test command: markup, links, weights, headers, axe in five modes, no third party.
Lighthouse and the Nu checker have a lock file of their own here, because tests need neither.
"""
