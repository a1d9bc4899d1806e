"""One async function per verb: what the people of the chat do, said in terms of the domain and the ports."""
