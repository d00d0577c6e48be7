//! Asks an agent, and prints the answer while it is made.

use std::{env, error::Error, io::Write};

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use openclaw::{Client, types::MessageStreamEvent};
use reqwest::header::{AUTHORIZATION, HeaderMap};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {}", env::var("OPENCLAW_TOKEN")?).parse()?);
    let http = reqwest::Client::builder().default_headers(headers).build()?;
    let client = Client::new_with_client(&env::var("OPENCLAW_BASE_URL")?, http);

    let answer = client
        .stream_message()
        .body_map(|body| body.message("Write a deployment plan"))
        .send()
        .await?;
    let mut events = answer.into_inner_stream().eventsource();
    while let Some(event) = events.next().await {
        match serde_json::from_str(&event?.data)? {
            MessageStreamEvent::TokenEvent(token) => print!("{}", token.content),
            MessageStreamEvent::WorkspacesDoneEvent(done) => println!("\n{} tokens", done.tokens_used),
            MessageStreamEvent::ErrorEvent(error) => return Err(error.message.into()),
            _ => {}
        }
        std::io::stdout().flush()?;
    }
    Ok(())
}
